"""Small scripts of the workshop: set-up, locks, facts about the tree, generated pages.

May import the standard library, and what a script documents or checks. Nothing of the product imports it. setup.py runs
before anything is installed, so it imports the standard library only. Must never hold a rule of the product.
"""
