//! Where the functions with loops begin, and the futures that await.

use std::collections::HashSet;

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{Block, GenericArgument, Ident, PathArguments, ReturnType, Signature, Type};

/// What there is to edit in a file.
pub(crate) struct Found {
    pub(crate) functions: Vec<Function>,
    /// The byte at which the first item begins, past the file's inner attributes.
    pub(crate) first_item: usize,
}

/// A function that can be guarded and has a reason to be.
pub(crate) struct Function {
    /// The byte at which it begins: its first attribute or doc comment.
    pub(crate) start: usize,
    /// Whether it returns a `Result` whose error presumably is not `From<Tripped>`.
    pub(crate) foreign_error: bool,
    /// Whether it is a destructor, which runs to its end under `inherit`: the attribute would warn of itself.
    pub(crate) destructor: bool,
}

/// A file's text and syntax.
pub(crate) struct Source {
    pub(crate) text: String,
    file: syn::File,
    /// What stands in front of the first byte that positions are counted from.
    skipped: usize,
}

impl Source {
    pub(crate) fn parse(text: String) -> syn::Result<Self> {
        // `syn::parse_file` drops both, so its positions count without them.
        let mut code = text.strip_prefix('\u{feff}').unwrap_or(&text);
        if code.starts_with("#!") && !code[2..].trim_start().starts_with('[') {
            code = &code[code.find('\n').unwrap_or(code.len())..];
        }
        let skipped = text.len() - code.len();
        let file = syn::parse_file(code)?;
        Ok(Self {
            text,
            file,
            skipped,
        })
    }

    pub(crate) fn find(&self, aliases: &Aliases) -> Found {
        let mut finder = Finder {
            functions: Vec::new(),
            skipped: self.skipped,
            aliases,
        };
        finder.visit_file(&self.file);
        let first_item = self.file.items.first();
        let first_item = first_item.map_or(self.text.len(), |item| finder.start(item));
        Found {
            functions: finder.functions,
            first_item,
        }
    }
}

/// Names, other than `...Result`, that some file gives to a `Result`.
#[derive(Default)]
pub(crate) struct Aliases(HashSet<String>);

impl Aliases {
    pub(crate) fn learn(&mut self, source: &Source) {
        self.visit_file(&source.file);
    }

    fn alias(&mut self, name: &Ident, ty: &Type) {
        let Type::Path(path) = ty else { return };
        let last = path.path.segments.last();
        if last.is_some_and(|last| last.ident.to_string().ends_with("Result")) {
            self.0.insert(name.to_string());
        }
    }
}

impl<'ast> Visit<'ast> for Aliases {
    fn visit_item_type(&mut self, item: &'ast syn::ItemType) {
        self.alias(&item.ident, &item.ty);
    }

    fn visit_impl_item_type(&mut self, item: &'ast syn::ImplItemType) {
        self.alias(&item.ident, &item.ty);
    }
}

struct Finder<'a> {
    functions: Vec<Function>,
    skipped: usize,
    aliases: &'a Aliases,
}

impl Finder<'_> {
    fn start(&self, item: &impl ToTokens) -> usize {
        let first = item
            .to_token_stream()
            .into_iter()
            .next()
            .map(|token| token.span().byte_range().start);
        first.unwrap_or(0) + self.skipped
    }

    fn function(&mut self, item: &impl ToTokens, sig: &Signature, body: &Block) {
        if can_be_guarded(sig) && has_reason(sig, body) {
            let start = self.start(item);
            self.functions.push(Function {
                start,
                foreign_error: self.foreign_error(&sig.output),
                destructor: sig.ident == "drop" && sig.inputs.len() == 1,
            });
        }
    }

    /// Judged by the name: a type called `...Result`, or an alias of one.
    fn foreign_error(&self, output: &ReturnType) -> bool {
        let ReturnType::Type(_, ty) = output else {
            return false;
        };
        let Type::Path(path) = &**ty else {
            return false;
        };
        let mut segments = path.path.segments.iter().rev();
        let Some(last) = segments.next() else {
            return false;
        };
        let name = last.ident.to_string();
        if self.aliases.0.contains(&name) {
            return true;
        }
        let from_io = segments.next().is_some_and(|segment| segment.ident == "io");
        name.ends_with("Result")
            && !from_io
            && !error_argument(&last.arguments).is_some_and(is_given)
    }
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function(item, &item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.function(item, &item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(body) = &item.default {
            self.function(item, &item.sig, body);
        }
        visit::visit_trait_item_fn(self, item);
    }
}

fn can_be_guarded(sig: &Signature) -> bool {
    let unwinds = sig.abi.as_ref().is_none_or(|abi| {
        let name = abi
            .name
            .as_ref()
            .map(syn::LitStr::value)
            .unwrap_or_default();
        name == "Rust" || name.ends_with("-unwind")
    });
    sig.constness.is_none() && unwinds
}

/// A loop, or an `await` of its own: the budget of a future covers what it waits for.
fn has_reason(sig: &Signature, body: &Block) -> bool {
    let mut seen = Seen::default();
    seen.visit_block(body);
    seen.a_loop || (sig.asyncness.is_some() && seen.an_await)
}

#[derive(Default)]
struct Seen {
    a_loop: bool,
    an_await: bool,
}

impl<'ast> Visit<'ast> for Seen {
    fn visit_expr_loop(&mut self, _: &'ast syn::ExprLoop) {
        self.a_loop = true;
    }

    fn visit_expr_while(&mut self, _: &'ast syn::ExprWhile) {
        self.a_loop = true;
    }

    fn visit_expr_for_loop(&mut self, _: &'ast syn::ExprForLoop) {
        self.a_loop = true;
    }

    fn visit_expr_await(&mut self, expression: &'ast syn::ExprAwait) {
        self.an_await = true;
        visit::visit_expr_await(self, expression);
    }

    // It awaits in a future of its own, which another task may poll.
    fn visit_expr_async(&mut self, block: &'ast syn::ExprAsync) {
        let an_await = self.an_await;
        visit::visit_expr_async(self, block);
        self.an_await = an_await;
    }

    // One in the arguments of a macro: the guard may reach it, and must not do harm if it cannot.
    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.a_loop |= mentions_loop(call.tokens.clone());
    }

    // Loops in items belong to those.
    fn visit_item(&mut self, _: &'ast syn::Item) {}
}

fn mentions_loop(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == "loop" || ident == "while" || ident == "for",
        TokenTree::Group(group) => mentions_loop(group.stream()),
        _ => false,
    })
}

fn error_argument(arguments: &PathArguments) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = arguments else {
        return None;
    };
    match arguments.args.iter().nth(1) {
        Some(GenericArgument::Type(ty)) => Some(ty),
        _ => None,
    }
}

/// `io::Error` and `Box<dyn Error>`, which the runtime provides for.
fn is_given(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let names: Vec<_> = path
        .path
        .segments
        .iter()
        .map(|segment| segment.ident.to_string())
        .collect();
    names.ends_with(&["io".to_owned(), "Error".to_owned()])
        || (names == ["Box"] && path.to_token_stream().to_string().contains("dyn"))
}
