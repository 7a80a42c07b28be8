//! placeholder of the gallery tests.
