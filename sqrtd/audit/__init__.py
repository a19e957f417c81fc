"""`sqrtd audit`: what is asked for, how it is measured, and the page that says what was found."""
