"""What the figures mean and what to do about them: findings, memory, and a coach that answers with figures only."""
