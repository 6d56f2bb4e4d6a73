"""What is measured; timings are figures, never tests."""
