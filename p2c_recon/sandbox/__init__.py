"""Both systems in a box: generated data for demo, tests and training."""
