"""Chinese letters and reports: what they say (content), and how they become PDF (render)."""
