//! The house keeps its shape: what each file uses is read from the source and held against the plan.

use std::{fs, path::Path};

use proc_macro2::{TokenStream, TokenTree};
use syn::{
    Block, ImplItemFn, ItemFn, ItemMod, ItemUse, Macro, UseTree,
    spanned::Spanned,
    visit::{self, Visit},
};

/// From the ground up. What is in no floor (the command line, `app`, `config`) is the roof and may use all of them.
const FLOORS: [&str; 8] =
    ["kernel", "platform", "catalog", "program", "assurance", "calendar", "exchange", "trust"];

/// Rooms that may use another room of their own floor.
const ARROWS: [(&str, &[&str]); 11] = [
    ("advice", &["organization"]),
    ("risks", &["controls", "organization"]),
    ("evidence", &["controls"]),
    ("applicability", &["controls", "isms", "risks"]),
    ("isms", &["risks"]),
    ("audits", &["findings"]),
    ("certifications", &["audits", "bodies", "findings"]),
    ("attestations", &["audits", "findings"]),
    ("readiness", &["attestations", "audits", "certifications", "findings"]),
    ("reminders", &["milestones"]),
    ("feeds", &["milestones"]),
];

/// Files that may do what the plan forbids, each with the reason.
const EXCEPTIONS: [(&str, &str, &str); 6] = [
    (
        "kernel/id.rs",
        "crate::platform::db::sql",
        "an id is a column type, and Rust wants that said where it is defined",
    ),
    ("kernel/time.rs", "crate::platform::db::sql", "instants and dates are column types, as ids are"),
    (
        "platform/journal/idempotency.rs",
        "diesel_async",
        "the journal's second table, which nothing else may query",
    ),
    ("platform/journal/idempotency.rs", "macro::on_each", "the same"),
    (
        "program/controls/graphql.rs",
        "crate::program::risks",
        "a graph is walked both ways: Control.risks is the other end of Risk.controls",
    ),
    (
        "program/controls/graphql.rs",
        "crate::program::evidence",
        "a graph leads both ways: from a control to its evidence too",
    ),
];

const LINES_OF_A_FILE: usize = 500;
const LINES_OF_A_FUNCTION: usize = 100;

/// One path that a file uses, written from the crate's root.
struct Used {
    file: String,
    path: Vec<String>,
}

#[derive(Default)]
struct Reader {
    file: String,
    module: Vec<String>,
    used: Vec<Vec<String>>,
    functions: Vec<(String, usize)>,
}

impl Reader {
    fn read(file: &str, text: &str) -> Self {
        let mut module: Vec<_> = file.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
        module.retain(|part| part != "mod" && part != "lib" && part != "main");
        let mut reader = Self { file: file.to_owned(), module, ..Self::default() };
        reader.visit_file(&syn::parse_file(text).unwrap_or_else(|e| panic!("{file}: {e}")));
        reader
    }

    /// `super` and `self` are resolved against the module that says them.
    fn note(&mut self, path: &[String]) {
        let depth = path.iter().take_while(|part| *part == "super").count();
        let rest = &path[depth..];
        let from_root = match path.first().map(String::as_str) {
            Some("super") => {
                let own = &self.module[..self.module.len().saturating_sub(depth)];
                [&["crate".to_owned()], own, rest].concat()
            }
            Some("self") => [&["crate".to_owned()], &*self.module, &path[1..]].concat(),
            _ => path.to_vec(),
        };
        self.used.push(from_root);
    }

    fn tree(&mut self, tree: &UseTree, before: &[String]) {
        let with = |ident: &syn::Ident| [before, &[ident.to_string()]].concat();
        match tree {
            UseTree::Path(path) => self.tree(&path.tree, &with(&path.ident)),
            UseTree::Name(name) if name.ident == "self" => self.note(before),
            UseTree::Name(name) => self.note(&with(&name.ident)),
            UseTree::Rename(rename) => self.note(&with(&rename.ident)),
            UseTree::Glob(_) => self.note(before),
            UseTree::Group(group) => group.items.iter().for_each(|item| self.tree(item, before)),
        }
    }

    /// What a macro is given is not parsed; its paths are found among its tokens.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Ident(ident) if colons == 2 => path.push(ident.to_string()),
                TokenTree::Ident(ident) => {
                    self.ended(&path);
                    path = vec![ident.to_string()];
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => {
                    colons += 1;
                    continue;
                }
                TokenTree::Group(group) => {
                    self.ended(&path);
                    path.clear();
                    self.tokens(group.stream());
                }
                _ => {
                    self.ended(&path);
                    path.clear();
                }
            }
            colons = 0;
        }
        self.ended(&path);
    }

    fn ended(&mut self, path: &[String]) {
        if path.len() > 1 {
            self.note(path);
        }
    }

    fn function(&mut self, name: &syn::Ident, block: &Block) {
        let (start, end) = (block.span().start().line, block.span().end().line);
        self.functions.push((format!("{}: {name}", self.file), end - start + 1));
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.tree(&item.tree, &[]);
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        self.module.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.module.pop();
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let parts: Vec<_> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.ended(&parts);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, item: &'ast Macro) {
        let name = item.path.segments.last().map(|segment| segment.ident.to_string());
        self.note(&["macro".to_owned(), name.unwrap_or_default()]);
        self.tokens(item.tokens.clone());
    }

    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        self.function(&item.sig.ident, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        self.function(&item.sig.ident, &item.block);
        visit::visit_impl_item_fn(self, item);
    }
}

/// Every source file, by its path in `src`.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut found, mut folders) = (Vec::new(), vec![root.clone()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    assert!(found.len() > 50);
    found
}

fn everything_used() -> Vec<Used> {
    let of = |(file, text): (String, String)| {
        let used = Reader::read(&file, &text).used;
        used.into_iter().map(move |path| Used { file: file.clone(), path })
    };
    sources().into_iter().flat_map(of).collect()
}

impl Used {
    fn path(&self) -> String {
        self.path.join("::")
    }

    /// Whether the path is this one or something in it.
    fn is(&self, start: &str) -> bool {
        let path = self.path();
        path == start || path.strip_prefix(start).is_some_and(|rest| rest.starts_with("::"))
    }

    fn floor(&self) -> Option<usize> {
        floor_of(self.file.split('/').next()?.trim_end_matches(".rs"))
    }

    fn file_name(&self) -> &str {
        self.file.rsplit('/').next().unwrap()
    }

    fn excepted(&self) -> bool {
        EXCEPTIONS.iter().any(|(file, start, _)| self.file == *file && self.is(start))
    }

    /// The part of the path inside the file's own folder, where it leads there.
    fn in_own_room(&self) -> Option<&[String]> {
        let folder: Vec<&str> = self.file.rsplit_once('/')?.0.split('/').collect();
        let rest = self.path.strip_prefix(&["crate".to_owned()][..])?;
        let own = rest.len() > folder.len() && rest.iter().zip(&folder).all(|(part, own)| part == own);
        own.then(|| &rest[folder.len()..])
    }
}

fn floor_of(name: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| *floor == name)
}

/// Fails with every use that breaks the rule.
fn hold(rule: &str, breaks: impl Fn(&Used) -> bool) {
    let all = everything_used();
    let mut found: Vec<_> = all
        .iter()
        .filter(|used| breaks(used) && !used.excepted())
        .map(|used| format!("  src/{} uses {}", used.file, used.path()))
        .collect();
    found.sort();
    found.dedup();
    assert!(found.is_empty(), "{rule}:\n{}", found.join("\n"));
}

#[test]
fn floors_use_only_what_is_below_them() {
    hold("a floor uses only lower floors, and nothing of the roof", |used| {
        let Some(own) = used.floor() else { return false };
        match used.path.as_slice() {
            [root, name, ..] if root == "crate" => match floor_of(name) {
                Some(other) => other > own,
                // Macros and the crate's own helpers live at the root; the roof's modules have files there.
                None => ["app", "cli", "config", "demo", "main"].contains(&name.as_str()),
            },
            _ => false,
        }
    });
}

#[test]
fn rooms_use_their_neighbours_only_along_the_arrows() {
    hold("on its own floor a room uses only rooms along the arrows", |used| {
        let Some(own) = used.floor().filter(|floor| *floor >= floor_of("program").unwrap()) else {
            return false;
        };
        let (room, path) = (used.file.split('/').nth(1).unwrap_or_default(), used.path.as_slice());
        let [root, floor, other, ..] = path else { return false };
        let neighbour = root == "crate" && floor == FLOORS[own] && other != room && room != "mod.rs";
        let arrow = ARROWS.iter().any(|(from, to)| *from == room && to.contains(&other.as_str()));
        neighbour && !arrow
    });
}

#[test]
fn only_stores_query() {
    hold("only store.rs (and platform/db) runs queries", |used| {
        let queries = used.is("diesel_async") || used.is("macro::on_each");
        queries && used.file_name() != "store.rs" && !used.file.starts_with("platform/db/")
    });
}

#[test]
fn models_and_engines_know_no_storage_and_no_surface() {
    hold("model.rs and engine.rs use no store (but for its tables), no service and no surface", |used| {
        let pure = ["model.rs", "engine.rs"].contains(&used.file_name());
        let room = match used.in_own_room() {
            Some([store, name, ..]) if store == "store" => !is_table(used, name),
            Some([name, ..]) => ["store", "service", "rest", "graphql"].contains(&name.as_str()),
            _ => false,
        };
        let surface =
            used.is("actix_web") || used.is("crate::platform::http") || used.is("crate::platform::graphql");
        let clock = used.is("chrono::Utc") || used.is("crate::kernel::time::SystemClock");
        pure && (room || surface || clock)
    });
}

/// A model's derives name the table they are for.
fn is_table(used: &Used, name: &str) -> bool {
    let store = used.file.rsplit_once('/').map(|(folder, _)| format!("{folder}/store.rs")).unwrap();
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(store)).unwrap();
    text.lines().any(|line| line.trim_start().starts_with(&format!("{name} (")))
}

#[test]
fn services_know_no_surface() {
    hold("service.rs and store.rs use no surface", |used| {
        let inside = ["service.rs", "store.rs"].contains(&used.file_name());
        let own = matches!(used.in_own_room(), Some([name, ..]) if name == "rest" || name == "graphql");
        let framework = used.is("actix_web") || used.is("async_graphql") || used.is("utoipa");
        let platform = used.is("crate::platform::http") || used.is("crate::platform::graphql");
        inside && (own || framework || platform)
    });
}

#[test]
fn surfaces_only_call_services() {
    hold("rest.rs and graphql.rs reach no store and open no transaction", |used| {
        let surface = ["rest.rs", "graphql.rs"].contains(&used.file_name());
        let own = matches!(used.in_own_room(), Some([name, ..]) if name == "store");
        let storage = used.is("crate::platform::db") && !used.is("crate::platform::db::Doc");
        surface && (own || storage)
    });
}

#[test]
fn every_exception_is_still_needed() {
    let all = everything_used();
    for (file, start, reason) in EXCEPTIONS {
        let needed = all.iter().any(|used| used.file == file && used.is(start));
        assert!(needed, "{file} no longer uses {start} ({reason}): take it off the list");
    }
}

#[test]
fn files_and_functions_stay_small() {
    for (file, text) in sources() {
        let lines = text.lines().count();
        assert!(lines <= LINES_OF_A_FILE, "src/{file} has {lines} lines; {LINES_OF_A_FILE} are allowed");
        for (name, lines) in Reader::read(&file, &text).functions {
            assert!(
                lines <= LINES_OF_A_FUNCTION,
                "src/{name} has {lines} lines; {LINES_OF_A_FUNCTION} are allowed"
            );
        }
    }
}

/// Two types of one schema name would take each other's place in the OpenAPI document, without a word.
#[test]
fn every_schema_has_a_name_of_its_own() {
    let mut named = std::collections::BTreeMap::new();
    for (file, text) in sources() {
        for name in schemas(&text) {
            let other = named.insert(name.clone(), file.clone());
            assert!(other.is_none(), "{name} is a schema in {file} and in {}", other.unwrap_or_default());
        }
    }
    assert!(named.len() > 300, "{}", named.len());
}

/// The names of the schemas that a file declares.
fn schemas(text: &str) -> Vec<String> {
    let items = syn::parse_file(text).unwrap().items;
    let of = |item: &syn::Item| match item {
        syn::Item::Struct(one) => derived(&one.attrs, &one.ident).into_iter().collect(),
        syn::Item::Enum(one) => derived(&one.attrs, &one.ident).into_iter().collect(),
        syn::Item::Macro(one) if one.mac.path.is_ident("text_enum") => made(&one.mac.tokens, '{'),
        syn::Item::Macro(one) if one.mac.path.is_ident("bounded_text") => made(&one.mac.tokens, ':'),
        _ => Vec::new(),
    };
    items.iter().flat_map(of).collect()
}

/// The schema that a type derives: under its own name, or the one it says.
fn derived(attributes: &[syn::Attribute], own: &syn::Ident) -> Option<String> {
    let of = |name: &'static str| attributes.iter().filter(move |one| one.path().is_ident(name));
    let tokens = |one: &syn::Attribute| one.meta.require_list().map(|list| list.tokens.to_string()).unwrap();
    of("derive").any(|one| tokens(one).contains("ToSchema")).then(|| {
        let said = of("schema").map(tokens).find_map(|text| {
            let (_, name) = text.split_once("as = ")?;
            Some(name.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned())
        });
        said.unwrap_or_else(|| own.to_string())
    })
}

/// The names before this sign, of what a macro makes.
fn made(tokens: &TokenStream, sign: char) -> Vec<String> {
    let all: Vec<_> = tokens.clone().into_iter().collect();
    let follows = |next: &TokenTree| match next {
        TokenTree::Punct(punct) => punct.as_char() == sign,
        TokenTree::Group(group) => sign == '{' && group.delimiter() == proc_macro2::Delimiter::Brace,
        _ => false,
    };
    let name = |two: &[TokenTree]| match &two[0] {
        TokenTree::Ident(ident) if follows(&two[1]) => Some(ident.to_string()),
        _ => None,
    };
    all.windows(2).filter_map(name).collect()
}

#[test]
fn the_reader_sees_uses_wherever_they_stand() {
    let text = "use super::{store::table, service as s}; fn f() { crate::app::x(); on_each!(tx, |c| crate::trust::y(c)) }
        mod tests { use super::super::model; }";
    let seen: Vec<_> =
        Reader::read("program/controls/rest.rs", text).used.iter().map(|p| p.join("::")).collect();
    for wanted in [
        "crate::program::controls::store::table",
        "crate::program::controls::service",
        "crate::app::x",
        "macro::on_each",
        "crate::trust::y",
        "crate::program::controls::model",
    ] {
        assert!(seen.iter().any(|path| path == wanted), "{wanted} among {seen:?}");
    }
}
