"""Work in blocks: pools, the store, random streams, users' files, images, plots' common axes."""
