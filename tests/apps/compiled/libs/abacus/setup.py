from setuptools import Extension, setup

setup(ext_modules=[Extension("abacus", ["abacus.c"])])
