//! One module for each symptom that was met in real code: what failed, and its kin.

mod head_temporaries;
mod iterators_of_ones_own;
mod labels_in_conditions;
mod late_destructors;
mod late_types;
mod wrong_items;
