//! The collector over HTTP: what browsers, teams and operators see of it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod asking;
mod columns;
mod commands;
mod cors;
mod delivery;
mod demo;
mod dimensions;
mod documents;
mod doubts;
mod drafts;
mod explaining;
mod export;
mod grouping;
mod hostile;
mod ingest;
mod keeping;
mod keys;
mod languages;
mod limits;
mod live;
mod once;
mod openapi;
mod operation;
mod people;
mod privacy;
mod publishing;
mod refusals;
mod reports;
mod running;
mod sessions;
mod shape;
mod sharing;
mod sites;
mod tags;
mod templates;
mod tenants;
mod themes;
mod views;
mod words;
