//! What the pipeline makes of each form, as it would be formatted.
