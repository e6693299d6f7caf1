"""HTTP routes: parse, call one service, format."""
