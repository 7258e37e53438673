//! Rules, and what several of them say about one name.

use core::time::Duration;

use crate::base::site::Mode;
use crate::mode::pattern::Pattern;

/// A pattern, and what it says about the scopes whose name it matches.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rule {
    pattern: Pattern,
    effect: Effect,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Effect {
    Mode(Mode),
    Timeout(Duration),
}

impl Rule {
    pub(crate) fn mode(pattern: Pattern, mode: Mode) -> Self {
        let effect = Effect::Mode(mode);
        Self { pattern, effect }
    }

    pub(crate) fn timeout(pattern: Pattern, timeout: Duration) -> Self {
        let effect = Effect::Timeout(timeout);
        Self { pattern, effect }
    }

    /// Whether this rule replaces `other`: same pattern, same kind of setting.
    fn replaces(&self, other: &Self) -> bool {
        let same_kind =
            core::mem::discriminant(&self.effect) == core::mem::discriminant(&other.effect);
        same_kind && self.pattern == other.pattern
    }
}

/// What all rules together say about one name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Setting {
    pub(crate) mode: Mode,
    /// Replaces the scope's own timeout, if the mode is not off.
    pub(crate) timeout: Option<Duration>,
}

/// In the order in which they were set.
#[derive(Debug, Default)]
pub(crate) struct Rules(Vec<Rule>);

impl Rules {
    pub(crate) fn add(&mut self, rule: Rule) {
        self.0.retain(|other| !rule.replaces(other));
        self.0.push(rule);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn setting(&self, name: &str) -> Setting {
        let strongest = |find: fn(&Effect) -> bool| {
            let matching = self.0.iter().filter(|rule| find(&rule.effect));
            // The last of equally specific rules wins.
            matching
                .filter(|rule| rule.pattern.matches(name))
                .max_by_key(|rule| rule.pattern.specificity())
                .map(|rule| rule.effect)
        };
        let mode = match strongest(|effect| matches!(effect, Effect::Mode(_))) {
            Some(Effect::Mode(mode)) => mode,
            _ => Mode::Enforce,
        };
        let timeout = match strongest(|effect| matches!(effect, Effect::Timeout(_))) {
            Some(Effect::Timeout(timeout)) => Some(timeout),
            _ => None,
        };
        Setting { mode, timeout }
    }
}

#[cfg(test)]
mod tests {
    use super::{Rule, Rules, Setting};
    use crate::base::site::Mode;
    use crate::mode::pattern::Pattern;
    use core::time::Duration;

    fn rules(modes: &[(&str, Mode)]) -> Rules {
        let mut rules = Rules::default();
        for (pattern, mode) in modes {
            rules.add(Rule::mode(Pattern::new(pattern).unwrap(), *mode));
        }
        rules
    }

    #[test]
    fn without_a_rule_a_budget_is_enforced() {
        let setting = Setting {
            mode: Mode::Enforce,
            timeout: None,
        };
        assert_eq!(rules(&[]).setting("a"), setting);
        assert_eq!(rules(&[("b", Mode::Off)]).setting("a"), setting);
    }

    #[test]
    fn the_most_specific_pattern_wins_whenever_it_was_set() {
        let rules = rules(&[
            ("pay::settle", Mode::Enforce),
            ("pay::*", Mode::Off),
            ("*", Mode::Observe),
        ]);
        assert_eq!(rules.setting("pay::settle").mode, Mode::Enforce);
        assert_eq!(rules.setting("pay::refund").mode, Mode::Off);
        assert_eq!(rules.setting("other").mode, Mode::Observe);
    }

    #[test]
    fn of_equally_specific_patterns_the_last_wins() {
        let first = rules(&[("a*c", Mode::Off), ("ab*", Mode::Observe)]);
        assert_eq!(first.setting("abc").mode, Mode::Observe);
        let second = rules(&[("ab*", Mode::Observe), ("a*c", Mode::Off)]);
        assert_eq!(second.setting("abc").mode, Mode::Off);
    }

    #[test]
    fn a_pattern_that_is_set_again_takes_no_more_room() {
        let mut rules = rules(&[]);
        for turn in 0..1000 {
            let mode = if turn % 2 == 0 {
                Mode::Off
            } else {
                Mode::Observe
            };
            rules.add(Rule::mode(Pattern::all(), mode));
        }
        assert_eq!((rules.0.len(), rules.setting("a").mode), (1, Mode::Observe));
    }

    #[test]
    fn timeouts_and_modes_are_decided_apart() {
        let mut rules = rules(&[("a", Mode::Observe)]);
        let all = Duration::from_secs(5);
        rules.add(Rule::timeout(Pattern::all(), all));
        let (observed, enforced) = (rules.setting("a"), rules.setting("b"));
        assert_eq!(
            (observed.mode, observed.timeout),
            (Mode::Observe, Some(all))
        );
        assert_eq!(
            (enforced.mode, enforced.timeout),
            (Mode::Enforce, Some(all))
        );
    }
}
