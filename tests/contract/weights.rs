//! Every list of the GraphQL schema weighs its rows: what `first` asks for, or what a short list is taken to have.

use async_graphql::parser::{
    parse_schema,
    types::{BaseType, FieldDefinition, Type, TypeDefinition, TypeKind, TypeSystemDefinition},
};

use crate::support::*;

on_both!(every_list_weighs_its_rows);

/// Lists of other resources that take no `first`, each with why it is short.
const SHORT: [(&str, &str, &str); 9] = [
    ("Control", "evidence", "the 20 newest"),
    ("Certification", "milestones", "the dates of one cycle"),
    ("CertificationStanding", "milestones", "the same"),
    ("Attestation", "events", "the life of one report"),
    ("Attestation", "milestones", "the dates of one report"),
    ("AttestationStanding", "milestones", "the same"),
    ("Query", "attestationMilestones", "the same"),
    ("AttestationCoverage", "exceptions", "the exceptions of one report"),
    ("Gaps", "requirements", "a part of one framework"),
];

/// A field that answers many objects.
struct List {
    on: String,
    name: String,
    of: String,
    takes_first: bool,
}

impl List {
    /// Asks for it with these arguments, and for this many fields of each row.
    async fn asked(&self, app: &TestApp, key: &str, arguments: &str, fields: usize) -> Value {
        let (on, name) = (&self.on, &self.name);
        let row = format!("{{ {}}}", "__typename ".repeat(fields));
        let below = if self.of.ends_with("Connection") { format!("{{ nodes {row} }}") } else { row };
        let query = format!("{{ ...Asked }} fragment Asked on {on} {{ {name}{arguments} {below} }}");
        // Such a fragment does not always fit the root, and arguments are missing: that is found after the weighing.
        app.ask(key, &query).await["errors"][0]["extensions"]["code"].clone()
    }
}

/// The types of the schema with their fields.
fn objects() -> Vec<(String, Vec<FieldDefinition>)> {
    let document = parse_schema(attestd::app::graphql_schema()).unwrap();
    let object = |one: TypeSystemDefinition| {
        let TypeSystemDefinition::Type(found) = one else { return None };
        let TypeDefinition { name, kind: TypeKind::Object(object), .. } = found.node else { return None };
        let fields: Vec<_> = object.fields.into_iter().map(|field| field.node).collect();
        Some((name.node.to_string(), fields))
    };
    document.definitions.into_iter().filter_map(object).collect()
}

fn lists(objects: &[(String, Vec<FieldDefinition>)]) -> Vec<List> {
    let mut all = Vec::new();
    for (on, fields) in objects.iter().filter(|(on, _)| !on.ends_with("Connection")) {
        for field in fields {
            let (of, many) = base(&field.ty.node);
            let connection = of.ends_with("Connection");
            if connection || many && objects.iter().any(|(name, _)| name == of) {
                let takes_first = field.arguments.iter().any(|one| one.node.name.node == "first");
                assert!(takes_first || !connection, "{on}.{} takes no first", field.name.node);
                let (on, name) = (on.clone(), field.name.node.to_string());
                all.push(List { on, name, of: of.to_owned(), takes_first });
            }
        }
    }
    all
}

fn base(kind: &Type) -> (&str, bool) {
    match &kind.base {
        BaseType::Named(name) => (name.as_str(), false),
        BaseType::List(inner) => (base(inner).0, true),
    }
}

/// What can be listed page by page is a resource: a list of it inside another is paged too, or short by its nature.
#[test]
fn lists_of_resources_take_first() {
    let objects = objects();
    let lists = lists(&objects);
    let paged: Vec<_> = lists.iter().filter_map(|list| list.of.strip_suffix("Connection")).collect();
    assert!(paged.len() > 30, "{paged:?}");
    let short = |list: &&List| SHORT.iter().any(|(on, name, _)| *on == list.on && *name == list.name);
    let without = lists.iter().filter(|list| !list.takes_first && paged.contains(&list.of.as_str()));
    let (excused, wrong): (Vec<_>, Vec<_>) = without.partition(short);
    let wrong: Vec<_> =
        wrong.iter().map(|list| format!("{}.{}: [{}]", list.on, list.name, list.of)).collect();
    assert!(wrong.is_empty(), "these take no first, or want a line in SHORT: {wrong:#?}");
    assert_eq!(excused.len(), SHORT.len(), "a line of SHORT is about nothing");
}

mod scenario {
    use super::*;

    pub async fn every_list_weighs_its_rows(app: &TestApp) {
        let key = app.tenant("acme").await;
        let lists = lists(&objects());
        assert!(lists.len() > 150, "{}", lists.len());
        for list in &lists {
            let about = format!("{}.{}", list.on, list.name);
            let (light, heavy) = if list.takes_first {
                (
                    list.asked(app, &key, "(first: 1)", 220).await,
                    list.asked(app, &key, "(first: 200)", 220).await,
                )
            } else {
                (list.asked(app, &key, "", 220).await, list.asked(app, &key, "", 4_100).await)
            };
            assert_ne!(light, "query_too_complex", "{about}");
            assert_eq!(heavy, "query_too_complex", "{about}");
        }
    }
}
