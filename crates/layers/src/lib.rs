//! Layers of a container image: reading, stacking, and what a later layer hides.
