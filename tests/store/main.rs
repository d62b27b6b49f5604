//! Storage on two engines: the schema, the walls between tenants, writes that are cut off.

#[path = "../support/mod.rs"]
mod support;

mod buffers;
mod cuts;
mod editions;
mod meanwhile;
mod pools;
mod races;
mod reads;
mod references;
mod scale;
mod schema;
mod serving;
mod walls;
mod watch;
mod writes;
