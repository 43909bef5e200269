"""Planning the next survey: costs, detectable effects and power of verdicts by design."""
