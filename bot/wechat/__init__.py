"""The edge where WeChat is spoken."""
