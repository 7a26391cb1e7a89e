//! Faults: the collector is killed, stopped, kept waiting; nothing that it acknowledged may be lost.

mod busy;
mod kill;
mod senders;
mod stop;
