//! Which locals may have a type that is decided only behind a loop over them.
//!
//! Whether an iterator can be cut is asked of its type where the loop stands, and the compiler takes a type
//! that it does not know yet for one that can. Nothing is known of types here: what counts is what a name was
//! bound to, and in doubt a loop runs without strips.

use syn::{
    AngleBracketedGenericArguments, Block, Expr, GenericArgument, Ident, Local, Pat, PatIdent,
    Path, PathArguments, Stmt, Type,
};

use crate::syntax::walk::Visitor;

/// Methods that return what their caller wants.
const METHODS: [&str; 7] = [
    "collect",
    "deserialize",
    "into",
    "parse",
    "partition",
    "try_into",
    "unzip",
];

/// Methods whose value is as undecided as what they are called on.
const WRAPPERS: [&str; 7] = [
    "expect",
    "map_err",
    "ok",
    "ok_or",
    "ok_or_else",
    "unwrap",
    "unwrap_or_default",
];

/// Functions that return what their caller wants, unless a type stands in front that is none of these traits.
const FUNCTIONS: [&str; 9] = [
    "default",
    "deserialize",
    "from",
    "from_bytes",
    "from_iter",
    "from_reader",
    "from_slice",
    "from_str",
    "from_value",
];
const TRAITS: [&str; 5] = ["Default", "Deserialize", "From", "FromIterator", "FromStr"];

/// The names that were bound to something undecided so far. Where another is bound by the same name, it is
/// taken for undecided too.
#[derive(Default)]
pub(crate) struct Undecided {
    names: Vec<Ident>,
}

impl Undecided {
    /// Learns what a statement binds.
    pub(crate) fn see_stmt(&mut self, stmt: &mut Stmt) {
        if let Stmt::Local(Local { pat, init, .. }) = stmt {
            let open = match pat {
                Pat::Type(typed) => is_open(&typed.ty),
                _ => init.as_ref().is_none_or(|init| self.contains(&init.expr)),
            };
            if open {
                self.visit_pat_mut(pat);
            }
        }
    }

    /// Learns what an expression binds.
    pub(crate) fn see_expr(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Let(bound) if self.contains(&bound.expr) => self.visit_pat_mut(&mut bound.pat),
            Expr::ForLoop(bound) if self.contains(&bound.expr) => {
                self.visit_pat_mut(&mut bound.pat);
            }
            Expr::Match(bound) if self.contains(&bound.expr) => {
                for arm in &mut bound.arms {
                    self.visit_pat_mut(&mut arm.pat);
                }
            }
            _ => {}
        }
    }

    /// Whether the type of this expression may not be known yet.
    pub(crate) fn contains(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Path(path) => path
                .path
                .get_ident()
                .is_some_and(|name| self.names.contains(name)),
            Expr::MethodCall(call) => {
                let name = call.method.to_string();
                let decided = call.turbofish.as_ref().is_some_and(|of| !has_open(of));
                let wanted = METHODS.contains(&name.as_str()) && !decided;
                wanted || (WRAPPERS.contains(&name.as_str()) && self.contains(&call.receiver))
            }
            Expr::Call(call) => match &*call.func {
                Expr::Path(function) => {
                    returns_what_is_wanted(&function.path)
                        || (is_variant(&function.path)
                            && call.args.iter().any(|part| self.contains(part)))
                }
                _ => false,
            },
            Expr::Await(part) => self.contains(&part.base),
            Expr::Field(part) => self.contains(&part.base),
            Expr::Group(part) => self.contains(&part.expr),
            Expr::Paren(part) => self.contains(&part.expr),
            Expr::Reference(part) => self.contains(&part.expr),
            Expr::Try(part) => self.contains(&part.expr),
            Expr::Struct(part) => part.fields.iter().any(|field| self.contains(&field.expr)),
            Expr::Tuple(tuple) => tuple.elems.iter().any(|part| self.contains(part)),
            Expr::Block(part) => self.ends(&part.block),
            Expr::Unsafe(part) => self.ends(&part.block),
            Expr::If(part) => {
                let other = part.else_branch.as_ref();
                self.ends(&part.then_branch) || other.is_some_and(|(_, part)| self.contains(part))
            }
            Expr::Match(part) => part.arms.iter().any(|arm| self.contains(&arm.body)),
            _ => false,
        }
    }

    /// Whether the value of a block is; its own names are not known yet.
    fn ends(&self, block: &Block) -> bool {
        let Some(Stmt::Expr(value, None)) = block.stmts.last() else {
            return false;
        };
        matches!(value, Expr::Path(_)) || self.contains(value)
    }
}

/// Of patterns, the names they bind.
impl Visitor for Undecided {
    fn as_dyn(&mut self) -> &mut dyn Visitor {
        self
    }

    fn visit_pat_ident_mut(&mut self, pat: &mut PatIdent) {
        self.names.push(pat.ident.clone());
    }
    fn visit_expr_mut(&mut self, _: &mut Expr) {}
}

fn returns_what_is_wanted(path: &Path) -> bool {
    let mut names = path.segments.iter().rev();
    let Some(function) = names.next().filter(|last| last.arguments.is_none()) else {
        return false;
    };
    let decides = names.next().is_some_and(|qualifier| {
        let name = qualifier.ident.to_string();
        name.starts_with(char::is_uppercase) && !TRAITS.contains(&name.as_str())
    });
    FUNCTIONS.contains(&function.ident.to_string().as_str()) && !decides && path.segments.len() > 1
}

/// `_`, or `Result<_, E>`, of which a `?` leaves that; the items of a `Vec<_>` do not matter.
fn is_open(ty: &Type) -> bool {
    match ty {
        Type::Infer(_) => true,
        Type::Path(path) => path.path.segments.last().is_some_and(|last| {
            let holds_one = last.ident == "Option" || last.ident == "Result";
            matches!(&last.arguments, PathArguments::AngleBracketed(of) if holds_one && has_open(of))
        }),
        Type::Reference(part) => is_open(&part.elem),
        Type::Tuple(tuple) => tuple.elems.iter().any(is_open),
        _ => false,
    }
}

fn has_open(of: &AngleBracketedGenericArguments) -> bool {
    of.args
        .iter()
        .any(|argument| matches!(argument, GenericArgument::Type(ty) if is_open(ty)))
}

fn is_variant(path: &Path) -> bool {
    let last = path.segments.last();
    last.is_some_and(|last| last.ident.to_string().starts_with(char::is_uppercase))
}
