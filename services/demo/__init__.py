"""Demo data: dossiers as a ministry has them, filed and worked on by the real verbs, with a clock that is only told.

courses.py reads the courses of the shipped procedures, plan.py says what is filed when (the same for the same seed),
play.py plays it through the verbs, copies.py makes many of one. May import services, clock and storage.rows; must never
write a row that a verb writes, but for copies.py, whose test holds a copy against what it was made of.
"""
