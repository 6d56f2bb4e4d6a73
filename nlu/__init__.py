"""Understanding what elders and their families write."""
