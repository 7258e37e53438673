//! Heads that are reversed, and heads in parentheses, did not compile under the attribute: `list.into_iter().rev()` over a
//! `Vec` of numbers, `(a.iter().zip(b)).rev()`.
#![allow(
    unused_parens,
    clippy::borrow_deref_ref,
    clippy::double_parens,
    clippy::explicit_auto_deref,
    clippy::explicit_into_iter_loop,
    clippy::explicit_iter_loop,
    clippy::needless_borrow,
    clippy::needless_pass_by_value,
    clippy::ptr_arg,
    clippy::same_item_push,
    reason = "what users write"
)]

/// Loops over these heads, plain and guarded.
macro_rules! heads {
    ($($name:ident($a:ident, $b:ident, $list:ident) { $($head:tt)* })*) => {
        heads!(mod plain; $($name($a, $b, $list) { $($head)* })*);
        heads!(#[guard_runtime::loop_guard(inherit)] mod guarded; $($name($a, $b, $list) { $($head)* })*);

        #[test]
        fn loops_over_them_are_handed_their_items() {
            for length in [0, 1, 2, 17, 300] {
                let (a, list): (Vec<u64>, Vec<_>) = ((0..length).collect(), (9..length).collect());
                $(
                    let wanted = plain::$name(&a, &mut a.clone(), list.clone());
                    assert_eq!(guarded::$name(&a, &mut a.clone(), list.clone()), wanted, "{}", stringify!($name));
                )*
            }
        }
    };
    ($(#[$attribute:meta])? mod $mode:ident; $($name:ident($a:ident, $b:ident, $list:ident) { $($head:tt)* })*) => {
        $(#[$attribute])?
        mod $mode {
            $(
                #[allow(unused_variables, reason = "no head reads all of them")]
                pub(super) fn $name($a: &Vec<u64>, $b: &mut Vec<u64>, $list: Vec<u64>) -> String {
                    let mut items = Vec::new();
                    for item in $($head)* {
                        items.push(item);
                    }
                    format!("{items:?}")
                }
            )*
        }
    };
}

heads! {
    list_by_value(a, b, list) { list.into_iter().rev() }
    list_in_parentheses(a, b, list) { (list) }
    list_by_value_in_parentheses(a, b, list) { ((list).into_iter()).rev() }
    numbered_by_value(a, b, list) { (list.into_iter().rev()).enumerate() }
    array_by_value(a, b, list) { [3, 1, 2].into_iter().rev() }
    array_in_parentheses(a, b, list) { ([3, 1, 2].iter().copied()).rev() }
    zipped(a, b, list) { (a.iter().zip(b)).rev() }
    zipped_with_zipped(a, b, list) { a.iter().zip((b.iter().zip(&list)).rev()) }
    zipped_twice(a, b, list) { ((a.iter().zip(b.iter())).zip(&list)).rev() }
    zipped_parts(a, b, list) { (a).iter().rev().zip(((b).iter_mut()).rev()) }
    numbered(a, b, list) { (a.iter().enumerate()).rev() }
    numbered_twice(a, b, list) { ((((a.iter()).rev()).enumerate()).rev()).enumerate() }
    numbered_in_zip(a, b, list) { (0..7).zip((a.iter().enumerate()).rev()) }
    copied(a, b, list) { a.iter().copied().rev() }
    copied_in_parentheses(a, b, list) { ((a.iter()).copied()).rev() }
    copied_behind_reversed(a, b, list) { (a.iter().rev().copied()).rev().rev() }
    reversed_twice(a, b, list) { (a.iter().rev()).rev() }
    written_to(a, b, list) { (b.iter_mut().rev()).rev() }
    reborrowed(a, b, list) { (&mut (*b)).iter_mut().rev() }
    dereferenced(a, b, list) { ((*a).iter()).rev() }
    piece(a, b, list) { (&a[a.len() / 2..]).iter().rev().zip(&(list[..])) }
    range(a, b, list) { ((0..a.len())).rev() }
    range_twice(a, b, list) { ((0..=a.len()).rev()).rev().zip(((0..9).rev()).rev()) }
    mapped(a, b, list) { ((0..a.len()).rev()).map((|x| x * 2)) }
    mapped_and_reversed(a, b, list) { ((0..a.len()).map(|x| x * 2)).rev() }
    mapped_reversed_list(a, b, list) { list.into_iter().rev().map(|x| x + 1) }
    chunks(a, b, list) { ((a.chunks(3)).enumerate()).rev() }
    steps(a, b, list) { (((0..a.len()).step_by(2)).rev()).enumerate() }
    few(a, b, list) { ((a.iter().take(3)).rev()).zip(list.iter().skip(1).rev()) }
}
