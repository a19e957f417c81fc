"""The lessons as a static site: it opens from a folder, without a server and without Python."""
