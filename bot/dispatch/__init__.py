"""The inputs and outputs around a call: the county's platform, the desks, the people who serve."""
