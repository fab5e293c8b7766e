"""Words, dates and the one time zone, in Chinese and English."""
