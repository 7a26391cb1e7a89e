//! The collector over HTTP: what browsers, teams and operators see of it.

mod cors;
mod delivery;
mod ingest;
mod once;
mod openapi;
mod publishing;
mod refusals;
mod reports;
mod sessions;
mod tenants;
