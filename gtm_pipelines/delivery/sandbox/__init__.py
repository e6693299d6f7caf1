"""The sandbox: a mail world of simulated people behind a real SMTP server on loopback.

Nothing outside this folder, its sender and its mailbox knows that it exists.
"""
