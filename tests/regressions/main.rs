//! One module for each symptom that was met in real code: what failed, and its kin.

mod abort_at_thread_exit;
mod conversion_blames_the_runtime;
mod every_trip_in_silence;
mod growing_stacks;
mod head_temporaries;
mod hooks_replaced;
mod iterations_of_closures;
mod iterators_of_ones_own;
mod labels_in_conditions;
mod lag_of_later_life;
mod late_destructors;
mod late_though_asked;
mod late_types;
mod other_peoples_work;
mod runtime_gone;
mod shields_are_no_scopes;
mod signals_of_the_process;
mod wrong_exit;
mod wrong_items;
