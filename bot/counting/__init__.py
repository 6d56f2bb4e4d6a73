"""Plain counts of what the bot does, by week and place; they tell of nobody."""
