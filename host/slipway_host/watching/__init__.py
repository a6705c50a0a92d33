"""How the site does while a release goes live: a prober, the visitors' lines in nginx's log, and the judgement."""
