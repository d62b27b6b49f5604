//! Systems and services: what customers are offered, what it runs on, and which of it lies in a framework's scope.

mod components;
mod model;
mod service;
mod store;

pub mod graphql;
pub mod rest;

pub use components::Components;
pub use model::{NewSystem, System};
pub use store::systems;
