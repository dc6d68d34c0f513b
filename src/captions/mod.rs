//! Reading and writing captions, finding their words, and the vectors of the words.
