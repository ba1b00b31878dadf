//! What a person does with a pointer and keys, and what is looked at in pictures: one display at a
//! time, since a machine that draws two misses drags and clicks.

mod clipboard;
mod devices;
mod downloads;
mod inspector;
mod keys;
mod links;
mod log;
mod looks;
mod media;
mod menu;
mod place;
mod uploads;
