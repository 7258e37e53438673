//! Finds which file of a crate names which other file, by its tokens.
//!
//! A path is followed through re-exports to the file that defines what it names: `crate::stack::Frame` is an
//! arrow to `stack/frame.rs` where `stack.rs` re-exports it from there. Items that only tests compile are left
//! out, and so are `$crate` paths: those belong to whoever expands the macro.

use std::collections::BTreeMap;

use quote::ToTokens;
use syn::{Attribute, Item, ItemUse, Visibility};

use crate::tokens::{first_line, flatten, is_test, lines_of_tests, path_attribute, paths};

/// The text of each file, by its path from `src/`.
pub(crate) type Files = BTreeMap<String, String>;

/// An arrow: one file names another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Arrow {
    pub(crate) from: String,
    pub(crate) line: usize,
    pub(crate) to: String,
    /// Whether it only re-exports a name.
    pub(crate) reexport: bool,
}

/// What was found out about a crate.
pub(crate) struct Crate {
    /// Each file, with the number of its lines that are not only compiled for tests; `None` if the whole file is for
    /// tests.
    pub(crate) files: BTreeMap<String, Option<usize>>,
    /// The files that no `mod` line leads to.
    pub(crate) stray: Vec<String>,
    pub(crate) arrows: Vec<Arrow>,
}

/// A module: a file, or an inline module in one.
struct Module {
    parent: Option<usize>,
    file: String,
    children: BTreeMap<String, usize>,
    /// The names that its `use` items bind, and the paths that they stand for.
    names: BTreeMap<String, Vec<String>>,
    /// The paths of its glob imports.
    globs: Vec<Vec<String>>,
    mentions: Vec<Mention>,
}

/// A path in a module.
struct Mention {
    path: Vec<String>,
    line: usize,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Use,
    Reexport,
    Body,
}

/// What a path resolves to.
enum Target {
    Module(usize),
    /// An item that is defined in this module.
    Item(usize),
}

impl Crate {
    /// Reads the files, from `lib.rs` on.
    pub(crate) fn of(files: &Files) -> Self {
        let mut reader = Reader {
            files,
            modules: Vec::new(),
            lines: BTreeMap::new(),
            macros: BTreeMap::new(),
        };
        reader.file("lib.rs", "", None, false);
        let arrows = reader.arrows();
        let stray = files
            .keys()
            .filter(|file| !reader.lines.contains_key(*file))
            .cloned()
            .collect();
        Self {
            files: reader.lines,
            stray,
            arrows,
        }
    }
}

struct Reader<'f> {
    files: &'f Files,
    modules: Vec<Module>,
    lines: BTreeMap<String, Option<usize>>,
    /// The macros that are known in the whole crate, and the module that defines each.
    macros: BTreeMap<String, usize>,
}

impl Reader<'_> {
    /// Reads a file, the children of which are below `folder`.
    fn file(&mut self, file: &str, folder: &str, parent: Option<usize>, only_tests: bool) -> usize {
        let text = &self.files[file];
        let parsed = syn::parse_file(text).unwrap_or_else(|error| panic!("{file}: {error}"));
        let tests: usize = parsed.items.iter().map(lines_of_tests).sum();
        let lines = (!only_tests).then(|| text.lines().count() - tests);
        self.lines.insert(file.to_owned(), lines);
        self.module(file, folder, parent, only_tests, &parsed.items)
    }

    fn module(
        &mut self,
        file: &str,
        folder: &str,
        parent: Option<usize>,
        only_tests: bool,
        items: &[Item],
    ) -> usize {
        let this = self.modules.len();
        self.modules.push(Module {
            parent,
            file: file.to_owned(),
            children: BTreeMap::new(),
            names: BTreeMap::new(),
            globs: Vec::new(),
            mentions: Vec::new(),
        });
        for item in items {
            let only_tests = only_tests || is_test(item);
            match item {
                Item::Mod(child) => {
                    let name = child.ident.to_string();
                    let below = format!("{folder}{name}/");
                    let module = match &child.content {
                        Some((_, items)) if only_tests => {
                            // Its own `mod` items may refer to files.
                            self.module(file, &below, Some(this), true, items)
                        }
                        Some((_, items)) => self.module(file, &below, Some(this), false, items),
                        None => {
                            let path = path_attribute(&child.attrs).map_or_else(
                                || format!("{folder}{name}.rs"),
                                |path| format!("{folder}{path}"),
                            );
                            self.file(&path, &below, Some(this), only_tests)
                        }
                    };
                    self.modules[this].children.insert(name, module);
                }
                _ if only_tests => {}
                Item::Use(import) => self.import(this, import),
                other => self.body(this, other),
            }
        }
        this
    }

    fn import(&mut self, module: usize, import: &ItemUse) {
        let kind = match import.vis {
            Visibility::Inherited => Kind::Use,
            _ => Kind::Reexport,
        };
        let line = first_line(import.to_token_stream());
        let mut leaves = Vec::new();
        flatten(&import.tree, &mut Vec::new(), &mut leaves);
        for (path, name) in leaves {
            match name {
                Some(name) => _ = self.modules[module].names.insert(name, path.clone()),
                None => self.modules[module].globs.push(path.clone()),
            }
            self.modules[module]
                .mentions
                .push(Mention { path, line, kind });
        }
    }

    fn body(&mut self, module: usize, item: &Item) {
        if let Item::Macro(defined) = item {
            let is_exported = |attribute: &Attribute| attribute.path().is_ident("macro_export");
            if defined.attrs.iter().any(is_exported) {
                let name = defined.ident.as_ref().map(ToString::to_string);
                self.macros.extend(name.map(|name| (name, module)));
            }
        }
        let mut found = Vec::new();
        paths(item.to_token_stream(), &mut found);
        let mentions = found.into_iter().map(|(path, line)| Mention {
            path,
            line,
            kind: Kind::Body,
        });
        self.modules[module].mentions.extend(mentions);
    }

    fn arrows(&self) -> Vec<Arrow> {
        let mut arrows = Vec::new();
        for (at, module) in self.modules.iter().enumerate() {
            for mention in &module.mentions {
                let target = match self.resolve(at, &mention.path, 0) {
                    Some(Target::Item(target)) => target,
                    // An imported module is named where its name is used, unless all of it is imported.
                    Some(Target::Module(target)) if module.globs.contains(&mention.path) => target,
                    Some(Target::Module(target)) if mention.kind == Kind::Body => target,
                    _ => continue,
                };
                let to = &self.modules[target].file;
                if *to != module.file {
                    arrows.push(Arrow {
                        from: module.file.clone(),
                        line: mention.line,
                        to: to.clone(),
                        reexport: mention.kind == Kind::Reexport,
                    });
                }
            }
        }
        arrows.sort();
        arrows.dedup();
        arrows
    }

    /// What a path in a module resolves to, if that is in this crate.
    fn resolve(&self, at: usize, path: &[String], depth: usize) -> Option<Target> {
        // The path of an import may begin with the name that it binds.
        if depth > 16 {
            return None;
        }
        let (mut module, mut rest) = (at, path);
        let first = rest.first()?;
        match first.as_str() {
            "crate" => {
                module = 0;
                rest = &rest[1..];
            }
            "self" => rest = &rest[1..],
            "super" => {
                while rest.first().is_some_and(|segment| segment == "super") {
                    module = self.modules[module].parent?;
                    rest = &rest[1..];
                }
            }
            // Any other path begins with a name of this module or of another crate.
            name => {
                let here = &self.modules[at];
                if !here.children.contains_key(name) && !here.names.contains_key(name) {
                    return None;
                }
                if here
                    .names
                    .get(name)
                    .is_some_and(|named| named.as_slice() == path)
                {
                    return None;
                }
            }
        }
        while let Some((segment, behind)) = rest.split_first() {
            let here = &self.modules[module];
            if let Some(child) = here.children.get(segment) {
                module = *child;
                rest = behind;
                continue;
            }
            if let Some(named) = here.names.get(segment) {
                let whole: Vec<_> = named.iter().chain(behind).cloned().collect();
                // Items of other crates do not count.
                return self.resolve(module, &whole, depth + 1);
            }
            if let (0, Some(defined)) = (module, self.macros.get(segment)) {
                return Some(Target::Item(*defined));
            }
            let through = here.globs.iter().find_map(|glob| {
                let whole: Vec<_> = glob.iter().chain(rest).cloned().collect();
                match self.resolve(module, &whole, depth + 1)? {
                    Target::Item(target) if self.defines(target, segment) => {
                        Some(Target::Item(target))
                    }
                    Target::Item(_) => None,
                    module @ Target::Module(_) => Some(module),
                }
            });
            return Some(through.unwrap_or(Target::Item(module)));
        }
        Some(Target::Module(module))
    }

    /// Whether a module defines this name, judged by its text.
    fn defines(&self, module: usize, name: &str) -> bool {
        let text = &self.files[&self.modules[module].file];
        [
            "fn",
            "struct",
            "enum",
            "trait",
            "type",
            "const",
            "static",
            "union",
            "macro_rules!",
        ]
        .iter()
        .any(|keyword| text.contains(&format!("{keyword} {name}")))
    }
}
