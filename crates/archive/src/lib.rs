//! Opens container image archives of any form, without an engine.
