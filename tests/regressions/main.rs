//! One module for each symptom that was met in real code: what failed, and its kin.
