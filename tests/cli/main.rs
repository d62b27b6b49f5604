//! The command line, as its users meet it: the built binary, on both engines.

#[path = "../support/mod.rs"]
mod support;

mod commands;
mod demo;
mod drain;
mod evidence;
mod faults;
mod process;
