module homeslice/ban

go 1.21
