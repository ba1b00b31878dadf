/* Stands in for the shell in the tests of installers: says what it is, or opens a window that closes
   when it is asked to, or never does. */
#include <stdio.h>
#include <windows.h>

static int stubborn;

static LRESULT CALLBACK receive(HWND window, UINT message, WPARAM first, LPARAM second) {
  switch (message) {
  case WM_CLOSE:
    if (!stubborn) DestroyWindow(window);
    return 0;
  case WM_DESTROY:
    PostQuitMessage(0);
    return 0;
  }
  return DefWindowProcW(window, message, first, second);
}

int wmain(int count, wchar_t **arguments) {
  WNDCLASSW class = {0};
  MSG message;
  if (count < 2) {
    puts("I am the app");
    return 0;
  }
  stubborn = wcscmp(arguments[1], L"--stubborn") == 0;
  class.lpfnWndProc = receive;
  class.hInstance = GetModuleHandleW(NULL);
  class.lpszClassName = L"stand-in";
  RegisterClassW(&class);
  if (!CreateWindowW(L"stand-in", L"A page", WS_OVERLAPPEDWINDOW | WS_VISIBLE, 0, 0, 9, 9, NULL, NULL,
                     class.hInstance, NULL)) {
    puts("no window");
    return 1;
  }
  puts("open");
  fflush(stdout);
  while (GetMessageW(&message, NULL, 0, 0) > 0) DispatchMessageW(&message);
  return 0;
}
