//! One module for each symptom that was found in real code: what failed, and similar cases.

mod abort_at_thread_exit;
mod attributes_in_loop_bodies;
mod attributes_that_guard_nothing;
mod blocking_names_in_futures;
mod bounds_behind_pointers;
mod bounds_of_whiles;
mod cleanup_of_entry_point;
mod closures_that_capture_nothing;
mod constants_in_types;
mod conversion_blames_the_runtime;
mod every_trip_in_silence;
mod expected_lints;
mod fields_assigned_last;
mod functions_of_many_loops;
mod futures_that_are_part_of_a_value;
mod groups_of_macros;
mod growing_stacks;
mod head_temporaries;
mod helpers_in_disguise;
mod hooks_replaced;
mod instrumented_twice;
mod items_out_of_scope;
mod iterations_of_closures;
mod iterators_of_ones_own;
mod labels_in_conditions;
mod lag_of_later_life;
mod late_destructors;
mod late_results;
mod late_though_asked;
mod late_types;
mod lazy_macros;
mod loop_free_in_blocks;
mod nested_futures;
mod other_peoples_work;
mod poisoned_locks;
mod return_type_means_something_else;
mod returned_closures;
mod reversed_heads;
mod runtime_gone;
mod send_by_lifetime;
mod shields_are_no_scopes;
mod signals_of_the_process;
mod stack_per_level;
mod trips_in_closures_of_others;
mod two_outcomes;
mod two_versions;
mod unreachable_returns;
mod wrong_exit;
mod wrong_items;

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// Polls a future until it is ready.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
        {
            return value;
        }
    }
}
