//! A function without a policy is the same machine code, whether the feature `policy` is on or off.

use crate::cases;
use crate::few_turns::assembly;

/// An operand, without what the compiler numbers or hashes anew in each build.
fn named(operand: &str) -> String {
    let is_local = operand.contains(".L");
    let words = operand.split(|letter: char| !letter.is_ascii_alphanumeric());
    let is_hash = |word: &str| word.len() >= 16 && word.contains("17h");
    words
        .map(|word| match word {
            _ if is_local => "",
            _ if is_hash(word) => word.rsplit_once("17h").map_or(word, |(name, _)| name),
            _ => word,
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// The instructions of each function, in the order of the functions' names.
fn functions(assembly: &str) -> Vec<String> {
    let mut functions = Vec::new();
    for line in assembly.lines() {
        if line.starts_with("_ZN") || line.starts_with("_R") {
            functions.push(named(line));
        } else if let Some(instruction) = line.strip_prefix('\t').filter(|it| !it.starts_with('.'))
        {
            let function: &mut String = functions.last_mut().expect("code is in functions");
            function.push('\n');
            function.push_str(
                &instruction
                    .split(',')
                    .map(named)
                    .collect::<Vec<_>>()
                    .join(","),
            );
        }
    }
    functions.sort();
    functions
}

#[test]
fn the_feature_alone_changes_no_instruction() {
    // How names are mangled depends on the compiler, and how lines begin on the system.
    if !cases::is_recorded_compiler() || !cfg!(target_os = "linux") {
        return;
    }
    let (without, with) = (functions(&assembly("")), functions(&assembly("policy")));
    let searched = without.iter().find(|code| code.contains("searched"));
    assert!(searched.is_some_and(|code| code.lines().count() > 10));
    assert_eq!(without.len(), with.len());
    for (without, with) in without.iter().zip(&with) {
        assert_eq!(without, with);
    }
}
