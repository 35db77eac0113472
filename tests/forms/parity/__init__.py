"""form-js itself beside our validator: what the same schema makes of the same answers."""
