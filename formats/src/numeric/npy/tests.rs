use proptest::prelude::*;

use super::*;

fn bytes(array: &Array) -> Vec<u8> {
    let mut out = Vec::new();
    write(array, &mut out).expect("writes");
    out
}

fn back(bytes: &[u8]) -> Result<Parsed<Array>> {
    read(bytes, &Limits::default())
}

/// A file of version 1 with this header and these numbers.
fn file(header: &str, data: &[u8]) -> Vec<u8> {
    let mut out = b"\x93NUMPY\x01\x00".to_vec();
    out.extend((header.len() as u16).to_le_bytes());
    out.extend(header.as_bytes());
    out.extend(data);
    out
}

#[test]
fn the_bytes_are_those_of_numpy() {
    // np.save of np.array([[1.5, -2.0]], dtype='<f4') with NumPy 2.
    let array = Array { shape: vec![1, 2], order: Order::C, values: Values::F32(vec![1.5, -2.0]) };
    let written = bytes(&array);
    assert!(
        written.starts_with(
            b"\x93NUMPY\x01\x00v\x00{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }  "
        )
    );
    assert_eq!(written.len(), 128 + 8);
    assert_eq!((written[127], &written[128..]), (b'\n', &[0, 0, 0xC0, 0x3F, 0, 0, 0, 0xC0][..]));
    let shape = |shape: &[usize]| {
        let count = shape.iter().product();
        let values = Values::I16(vec![1; count]);
        let written = bytes(&Array { shape: shape.to_vec(), order: Order::C, values });
        let text = String::from_utf8_lossy(&written[10..128]).into_owned();
        text[text.find('(').unwrap_or(0)..text.rfind(',').unwrap_or(0)].to_owned()
    };
    assert_eq!([shape(&[]), shape(&[3]), shape(&[2, 3])], ["()", "(3,)", "(2, 3)"]);
}

#[test]
fn headers_as_others_write_them() {
    let data = [0, 1, 0, 2];
    for header in [
        "{'descr': '>i2', 'fortran_order': False, 'shape': (2,), }\n",
        "{\"shape\":(2L,),\"fortran_order\":False,\"descr\":\">i2\"}",
        "  { 'descr' : '>i2' ,\n'shape' : ( 2 , ) , 'fortran_order' : False , }  ",
    ] {
        let read = back(&file(header, &data)).expect(header);
        assert_eq!(
            read,
            Parsed::clean(Array { shape: vec![2], order: Order::C, values: Values::I16(vec![1, 2]) })
        );
    }
    for version in [2, 3] {
        let header = "{'descr': '<i2', 'fortran_order': True, 'shape': (1, 2), }\n";
        let mut long = b"\x93NUMPY".to_vec();
        long.extend([version, 0]);
        long.extend((header.len() as u32).to_le_bytes());
        long.extend(header.as_bytes());
        long.extend(data);
        let read = back(&long).expect("reads").value;
        assert_eq!((read.order, read.values), (Order::Fortran, Values::I16(vec![256, 512])));
    }
}

#[test]
fn hostile_headers_are_refused_and_told() {
    let header = |descr: &str, order: &str, shape: &str| {
        file(&format!("{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}"), &[0; 64])
    };
    for (bytes, says) in [
        (b"".to_vec(), "byte 0: not valid npy: the file ends inside its header [SPROG-0102]"),
        (b"PK\x03\x04aaaa".to_vec(), "byte 0: not valid npy: expected \\x93NUMPY [SPROG-0102]"),
        (b"\x93NUMPY\x09\x00".to_vec(), "version 9.0 of npy; 1 to 3 are read [SPROG-0103]"),
        (
            b"\x93NUMPY\x02\x00\xff\xff\xff\xff".to_vec(),
            "byte 8: bytes of an npy header over the limit of 65536 [SPROG-0101]",
        ),
        (
            header("'|O'", "False", "(1,)"),
            "an npy array of type \"|O\"; save it as one of float16, float32, float64, int16, int32, int64 [SPROG-0103]",
        ),
        (
            header("'f4'", "False", "(1,)"),
            "an npy array of type \"f4\"; save it as one of float16, float32, float64, int16, int32, int64 [SPROG-0103]",
        ),
        (
            header("[('a', '<f4')]", "False", "(1,)"),
            "a structured npy array; save one array of numbers a file [SPROG-0103]",
        ),
        (header("'<f4'", "0", "(1,)"), "expected True or False"),
        (header("'<f4'", "False", "(1)"), "expected ','"),
        (header("'<f4'", "False", "(-1,)"), "expected a length"),
        (header("'<f4'", "False", "(1,,)"), "expected a length"),
        (header("'<f4'", "False", "(99999999999999999999,)"), "expected a length"),
        (
            header("'<f4'", "False", "(4294967296, 4294967296, 4294967296)"),
            "bytes of an array over the limit",
        ),
        (header("'<f4'", "False", "(4294967296, 4294967295)"), "bytes of an array over the limit"),
        (header("'<f4'", "False", "(1000,)"), "the file ends here; the shape needs"),
        (
            header("'<f4'", "False", &format!("({})", "1,".repeat(65))),
            "dimensions of an npy array over the limit of 64",
        ),
        (
            file("{'descr': '<f4', 'descr': '<f4', 'shape': (), 'fortran_order': False}", b""),
            "the key \"descr\" is not known, or is there twice",
        ),
        (file("{'descr': '<f4', 'shape': (), 'x': 1}", b""), "the key \"x\" is not known"),
        (file("{'descr': '<f4', 'shape': ()}", b""), "the key \"fortran_order\" is missing"),
        (file("{'descr': '<f4", b""), "a text without its end"),
        (file("{} os.system", b""), "expected nothing after the dictionary"),
        (file("{'é': 1}", b""), "a field name that is not ASCII"),
    ] {
        let error = back(&bytes).expect_err(says).to_string();
        assert!(error.contains(says), "{error:?} does not say {says:?}");
    }
}

#[test]
fn a_file_cut_off_anywhere_is_an_error_and_one_too_long_is_told() {
    let whole = bytes(&Array::matrix(vec![1.0, 2.0, 3.0, 4.0], 2));
    for length in 0..whole.len() {
        assert!(back(&whole[..length]).is_err(), "{length}");
    }
    let problems = back(&[&whole[..], b"x"].concat()).expect("reads").problems;
    assert_eq!((problems.len(), problems[0].place.clone()), (1, Place::Byte(whole.len() as u64)));
}

#[test]
fn the_limit_counts_what_is_held() {
    let half = Array { shape: vec![8], order: Order::C, values: Values::F16(vec![0.5; 8]) };
    let limits = Limits { bytes: 31, ..Limits::default() };
    assert!(matches!(read(&bytes(&half)[..], &limits), Err(Error::Limit { .. })));
    assert!(read(&bytes(&half)[..], &Limits { bytes: 32, ..limits }).is_ok());
}

#[test]
fn a_shape_of_another_size_is_not_written() {
    let wrong = Array { shape: vec![2, 2], order: Order::C, values: Values::I64(vec![1, 2, 3]) };
    assert!(write(&wrong, Vec::new()).is_err());
    let huge = Array { shape: vec![usize::MAX, 2], order: Order::C, values: Values::I64(Vec::new()) };
    assert!(write(&huge, Vec::new()).is_err());
    let many = Array { shape: vec![1; 64], order: Order::C, values: Values::I32(vec![7]) };
    assert_eq!(back(&bytes(&many)).expect("reads").value, many);
}

#[test]
fn fortran_order_of_three_dimensions_is_turned() {
    // np.arange(24).reshape(2, 3, 4) in Fortran order.
    let at = |n: usize| (n % 2) * 12 + (n / 2 % 3) * 4 + n / 6;
    let values = Values::I64((0..24).map(|n| at(n) as i64).collect());
    let array = Array { shape: vec![2, 3, 4], order: Order::Fortran, values };
    let expected: Vec<f32> = (0..24).map(|n| n as f32).collect();
    assert_eq!(array.into_rows(), expected);
    let empty = Array { shape: vec![0, 3], order: Order::Fortran, values: Values::F32(Vec::new()) };
    assert!(empty.into_rows().is_empty());
}

fn values() -> impl Strategy<Value = Values> {
    let many = 0usize..40;
    prop_oneof![
        prop::collection::vec((0u16..0x7C00).prop_map(half::to_f32), many.clone()).prop_map(Values::F16),
        prop::collection::vec(-1e9f32..1e9, many.clone()).prop_map(Values::F32),
        prop::collection::vec(-1e99f64..1e99, many.clone()).prop_map(Values::F64),
        prop::collection::vec(any::<i16>(), many.clone()).prop_map(Values::I16),
        prop::collection::vec(any::<i32>(), many.clone()).prop_map(Values::I32),
        prop::collection::vec(any::<i64>(), many).prop_map(Values::I64),
    ]
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(values in values(), fortran: bool) {
        let order = if fortran { Order::Fortran } else { Order::C };
        let array = Array { shape: vec![values.len(), 1], order, values };
        prop_assert_eq!(back(&bytes(&array)).expect("reads"), Parsed::clean(array));
    }

    #[test]
    fn no_bytes_panic(at in 0usize..140, byte: u8, junk in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = back(&junk);
        let mut whole = bytes(&Array::matrix(vec![1.0; 4], 2));
        whole[at] = byte;
        if let Ok(read) = back(&whole) {
            let count = read.value.shape.iter().product::<usize>();
            prop_assert_eq!(read.value.into_rows().len(), count);
        }
    }
}
