//! What can be named at one place of a random function, and where a jump may lead.

/// Where a jump may lead.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) label: Option<String>,
    /// A loop, and no labelled block.
    pub(crate) is_loop: bool,
    /// Whether `break` has a value.
    pub(crate) value: bool,
}

/// What can be named at one place.
#[derive(Clone, Default)]
pub(crate) struct Scope {
    /// Variables that hold an `i64`; those that may be assigned to.
    pub(crate) ints: Vec<String>,
    pub(crate) places: Vec<String>,
    pub(crate) targets: Vec<Target>,
    /// Inside a closure: `return` is the closure's.
    pub(crate) in_closure: bool,
    /// Nothing is called: loops of such bodies may run in strips.
    pub(crate) plain: bool,
}

impl Scope {
    /// The scope of the body of a loop or labelled block. A label that is taken again hides the one outside.
    pub(crate) fn inside(&self, label: Option<&String>, is_loop: bool, value: bool) -> Self {
        let mut inner = self.clone();
        inner
            .targets
            .retain(|target| target.label.is_none() || target.label.as_ref() != label);
        inner.targets.push(Target {
            label: label.cloned(),
            is_loop,
            value,
        });
        inner
    }

    /// The scope of a closure's body: no jump leaves it.
    pub(crate) fn in_closure(&self, argument: &str) -> Self {
        let mut inner = self.clone();
        inner.targets.clear();
        inner.in_closure = true;
        inner.ints.push(argument.to_owned());
        inner
    }
}
