#include <Python.h>

static PyObject *twice(PyObject *module, PyObject *value) {
    return PyNumber_Add(value, value);
}

static PyMethodDef methods[] = {{"twice", twice, METH_O, ""}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "abacus", "", -1, methods};

PyMODINIT_FUNC PyInit_abacus(void) {
    return PyModule_Create(&module);
}
