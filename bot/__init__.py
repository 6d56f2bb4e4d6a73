"""问养老: elders ask, and are told which basic care services they are entitled to."""
