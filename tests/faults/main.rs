//! Faults: the collector is killed, stopped, kept waiting, robbed of its disk, its clock and its database; nothing that it acknowledged may be lost.
//!
//! `journal` and `disk` are what a power cut is simulated with, `shim` is what stands between the collector and its disk.

mod addresses;
mod away;
mod busy;
mod clock;
mod disk;
mod journal;
mod kill;
mod patroni;
mod power;
mod restarts;
mod senders;
mod several;
mod shim;
mod sockets;
mod space;
mod stop;
mod sync;
