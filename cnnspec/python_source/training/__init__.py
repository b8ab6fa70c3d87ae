"""What compile and fit say, as the settings of a train section."""
